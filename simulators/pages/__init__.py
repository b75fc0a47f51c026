"""What people see: cashiers, the board, the inbox. Plain HTML and CSS, phone first, zh and en."""
