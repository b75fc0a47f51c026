// What other pages show of a flash sale, in one chunk: it comes when there is something to show.
export { default as FlashPill } from './FlashPill.vue'
export { default as FlashStrip } from './FlashStrip.vue'
