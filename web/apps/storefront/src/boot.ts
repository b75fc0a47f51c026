import '@jishi/ui/theme-boot'
