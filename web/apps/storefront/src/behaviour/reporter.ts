import { defineComponent } from 'vue'
import { useReporting } from './useReporting'

/** Reports for as long as it stands; shows nothing. */
export default defineComponent({
  name: 'BehaviourReporter',
  setup() {
    useReporting(document.body)
    return () => null
  },
})
