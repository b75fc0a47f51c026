"""What other systems tell us: payment channels and carriers. Everything is verified before it is believed."""
