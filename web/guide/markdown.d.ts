declare module '@guide/*.md' {
  const guide: import('./sections').Guide
  export default guide
}
