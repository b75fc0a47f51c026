import '@jishi/ui/theme-boot'

// The page that is shown without a network gives way to the one that was wanted as soon as there is one again.
if ('offline' in document.documentElement.dataset) addEventListener('online', () => location.reload())
