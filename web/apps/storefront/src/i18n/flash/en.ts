/** Flash sales. */
const flash = {
  flash: {
    title: 'Flash sale',
    sessions: 'Sessions',
    startsIn: 'Starts in',
    endsIn: 'Ends in',
    running: 'On now',
    sold: '{percent}% gone',
    limit: 'At most {count} for each buyer',
    buy: 'Buy now',
    leave: 'Leave the queue',
    checking: 'Checking…',
    place: 'Queueing, place {place}',
    placeAndWait: 'Queueing, place {place}, about {seconds} s',
    stages: { soon: 'Not yet', running: 'On now', sold_out: 'Sold out', over: 'Over' },
    empty: 'Nothing in this session yet',
    emptyHelp: 'Look at another session.',
  },
}
export default flash
