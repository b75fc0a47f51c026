// What the storefront's bundle expects of its surroundings and bare V8 does not have.
globalThis.self = globalThis
globalThis.process = { env: { NODE_ENV: 'production' } }
globalThis.queueMicrotask ??= (task) => void Promise.resolve().then(task)
globalThis.performance ??= { now: () => Date.now(), mark() {}, measure() {} }
globalThis.structuredClone ??= (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
globalThis.requestAnimationFrame ??= () => 0
globalThis.cancelAnimationFrame ??= () => {}

globalThis.TextEncoder ??= class TextEncoder {
  encode(text = '') {
    const bytes = unescape(encodeURIComponent(text))
    return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
  }
}

globalThis.URLSearchParams ??= class URLSearchParams {
  #pairs = []

  constructor(init = '') {
    const pairs = typeof init === 'string' ? URLSearchParams.#parsed(init) : Array.isArray(init) ? init : Object.entries(init)
    for (const [name, value] of pairs) this.append(name, value)
  }

  static #parsed(text) {
    const decode = (part) => decodeURIComponent(part.replace(/\+/g, ' '))
    return text
      .replace(/^\?/, '')
      .split('&')
      .filter(Boolean)
      .map((pair) => {
        const [name, ...rest] = pair.split('=')
        return [decode(name), decode(rest.join('='))]
      })
  }

  append(name, value) {
    this.#pairs.push([String(name), String(value)])
  }

  delete(name) {
    this.#pairs = this.#pairs.filter(([key]) => key !== name)
  }

  set(name, value) {
    this.delete(name)
    this.append(name, value)
  }

  get(name) {
    return this.#pairs.find(([key]) => key === name)?.[1] ?? null
  }

  getAll(name) {
    return this.#pairs.filter(([key]) => key === name).map(([, value]) => value)
  }

  has(name) {
    return this.#pairs.some(([key]) => key === name)
  }

  entries() {
    return this.#pairs[Symbol.iterator]()
  }

  [Symbol.iterator]() {
    return this.entries()
  }

  toString() {
    const encode = (part) => encodeURIComponent(part).replace(/%20/g, '+')
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  }
}
