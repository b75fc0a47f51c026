import type { HelpMessages } from './zh'

const help: HelpMessages = {
  help: { title: 'Help', questions: 'Questions' },
  tour: {
    next: 'Next',
    back: 'Back',
    done: 'Start shopping',
    end: 'End the tour',
    again: 'Show me around again',
    samples: 'Sample accounts',
    samplesText: 'This is a demo market: press one, and its account and password are filled in.',
    roles: { buyer: 'Buyer', owner: 'Store owner', warehouse: 'Warehouse', finance: 'Finance' },
    stops: {
      welcome: { title: 'Welcome to the demo market', text: 'Stores, goods and payments are made up: order whatever you like, no money moves and nothing is sent.' },
      search: { title: 'Find something', text: 'Search for products, brands or stores, in pinyin too. Lists can be filtered and sorted.' },
      cart: { title: 'Put it in the cart', text: 'No need to sign in for that. Many stores, one checkout, one payment; each store ships its part.' },
      accounts: { title: 'Sign in as somebody', text: 'The sign-in page lists a few people: one press fills in the form. Or sign up yourself; the codes arrive in /_sim/inbox.' },
      faces: { title: 'See the other sides', text: 'Stores ship and settle in the merchant centre; the market reviews and pays out in /admin/. “Help” at the foot of the page answers questions.' },
    },
  },
}

export default help
