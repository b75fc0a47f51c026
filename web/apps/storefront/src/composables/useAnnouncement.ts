import { nextTick, ref } from 'vue'

/** A line for screen readers; the same words said twice are heard twice. */
export function useAnnouncement() {
  const announcement = ref('')
  function announce(text: string): void {
    announcement.value = ''
    void nextTick(() => (announcement.value = text))
  }
  return { announcement, announce }
}
