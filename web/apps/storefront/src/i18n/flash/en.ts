import type { FlashWords } from './zh'

/** What is said of flash sales; loaded with them, not with every page. */
const en: FlashWords = {
  sessions: 'Sessions',
  startsIn: 'Starts in',
  endsIn: 'Ends in',
  running: 'On now',
  sold: (percent) => `${percent}% gone`,
  limit: (count) => `At most ${count} for each buyer`,
  buy: 'Buy now',
  leave: 'Leave the queue',
  checking: 'Checking…',
  place: (place) => `Queueing, place ${place}`,
  placeAndWait: (place, seconds) => `Queueing, place ${place}, about ${seconds} s`,
  stages: { soon: 'Not yet', running: 'On now', sold_out: 'Sold out', over: 'Over' },
  remind: 'Remind me',
  reminded: 'Reminder set',
  mine: 'My reminders',
  noneMine: 'No reminders yet',
  noneMineHelp: 'Press “Remind me” in a session to come, and you are told 5 minutes before it starts.',
  willTell: 'You will get a text message or mail 5 minutes before',
  willNotTell: 'Reminder dropped',
  empty: 'Nothing in this session yet',
  emptyHelp: 'Look at another session.',
}
export default en
