import type { Suggestion } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import type { LiveAddress, Source } from './useLive'
import { liveUrl, useLive } from './useLive'
import { useLoadMore } from './useLoadMore'
import { identity, internationalPhone, maskedPhone, passwordProblem, usePhoneCode } from './useSignIn'
import { useSuggestions } from './useSuggestions'
import { placeLine, useAddresses } from './useAddresses'

beforeEach(() => {
  localStorage.clear()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a growing list adds pages, drops what came twice, and starts anew with a new first page', async () => {
  const first = ref({ items: [{ id: 'a' }, { id: 'b' }], next_cursor: '2' as string | null })
  const { items, hasMore, more } = useLoadMore(
    () => first.value,
    () => Promise.resolve({ items: [{ id: 'b' }, { id: 'c' }], next_cursor: null }),
  )
  await more()
  expect(items.value.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(hasMore.value).toBe(false)
  first.value = { items: [{ id: 'x' }], next_cursor: null }
  expect(items.value.map(({ id }) => id)).toEqual(['x'])
})

test('a list that is come back to is as long as it was', async () => {
  const page = { items: [{ id: 'a' }], next_cursor: '2' as string | null }
  const list = () => useLoadMore(
    () => page,
    () => Promise.resolve({ items: [{ id: 'b' }], next_cursor: null }),
  )
  await list().more()
  const again = list()
  expect([again.items.value.length, again.hasMore.value]).toEqual([2, false])
})

test('a page that fails to come can be asked for again', async () => {
  const answers = [() => Promise.reject(new ShopProblem({ status: 0, code: 'offline' })), () => Promise.resolve({ items: [{ id: 'b' }], next_cursor: null })]
  const page = { items: [{ id: 'a' }], next_cursor: '2' }
  const { items, hasFailed, hasMore, more } = useLoadMore(
    () => page,
    () => answers.shift()!(),
  )
  await more()
  expect([hasFailed.value, hasMore.value]).toEqual([true, true])
  await more()
  expect([hasFailed.value, hasMore.value, items.value.length]).toEqual([false, false, 2])
})

const suggestion = (text: string): Suggestion => ({ text, kind: 'query', target_id: null })

test('a late answer to older words is dropped', async () => {
  const words = ref('茶')
  const waiting = new Map<string, (items: Suggestion[]) => void>()
  const { items, refresh } = useSuggestions(words, (text) => new Promise((done) => waiting.set(text, (found) => done({ items: found }))), 60_000)
  const first = refresh()
  words.value = '茶壶'
  const second = refresh()
  waiting.get('茶壶')!([suggestion('茶壶套装')])
  waiting.get('茶')!([suggestion('茶叶')])
  await Promise.all([first, second])
  expect(items.value.map(({ text }) => text)).toEqual(['茶壶套装'])
})

test('the arrows go round the suggestions and failing ones are simply none', async () => {
  const { items, active, move, refresh, close } = useSuggestions(ref('a'), () => Promise.resolve({ items: [suggestion('a'), suggestion('b')] }), 0)
  await refresh()
  move(-1)
  expect(active.value).toBe(1)
  move(1)
  expect(active.value).toBe(0)
  close()
  expect(items.value).toEqual([])
  const failing = useSuggestions(ref('a'), () => Promise.reject(new ShopProblem({ status: 503, code: 'x' })), 0)
  await failing.refresh()
  expect(failing.items.value).toEqual([])
})

class FakeSource implements Source {
  onopen: Source['onopen'] = null
  onmessage: Source['onmessage'] = null
  onerror: Source['onerror'] = null
  readyState = 0
  listeners = new Map<string, (event: MessageEvent<string>) => void>()
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(name, listener)
  }
  close(): void {
    this.readyState = 2
  }
}

function listening(address: () => LiveAddress | undefined, onNews: () => void) {
  const opened: { url: string; source: FakeSource }[] = []
  const scope = effectScope()
  const live = scope.run(() =>
    useLive(address, onNews, (url) => {
      const source = new FakeSource()
      opened.push({ url, source })
      return source
    }),
  )!
  return { opened, scope, ...live }
}

test('news is passed on while the page lives', () => {
  let heard = 0
  const { opened, scope, isLive } = listening(
    () => ({ topic: 'order:1', ticket: 't/1' }),
    () => (heard += 1),
  )
  expect(opened[0]!.url).toBe('/live/order%3A1?ticket=t%2F1')
  opened[0]!.source.onopen?.(new Event('open'))
  expect(isLive.value).toBe(true)
  opened[0]!.source.listeners.get('order_changed')!(new MessageEvent('order_changed'))
  expect(heard).toBe(1)
  scope.stop()
  expect(opened[0]!.source.readyState).toBe(2)
  expect(isLive.value).toBe(false)
})

test('after a refusal the truth is asked for and a fresh ticket is used', async () => {
  vi.useFakeTimers()
  let ticket = 'old'
  const { opened, scope } = listening(
    () => ({ topic: 'order:1', ticket }),
    () => (ticket = 'new'),
  )
  const first = opened[0]!.source
  first.readyState = 2
  first.onerror?.(new Event('error'))
  await vi.advanceTimersByTimeAsync(5000)
  expect(opened.map(({ url }) => url)).toEqual([liveUrl({ topic: 'order:1', ticket: 'old' }), liveUrl({ topic: 'order:1', ticket: 'new' })])
  scope.stop()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(opened).toHaveLength(2)
})

test('a person is named by e-mail address or mobile number', () => {
  expect(identity(' a@b.cn ')).toEqual({ email: 'a@b.cn' })
  expect(identity('138 0013 8000')).toEqual({ phone: '+8613800138000' })
  expect(identity('13800')).toBeUndefined()
  expect(internationalPhone('+86 138-0013-8000')).toBe('+8613800138000')
  expect(maskedPhone('13800138000')).toBe('138****8000')
})

test('a new password has eight characters and not only digits', () => {
  expect(passwordProblem('abc')).toBe('passwordShort')
  expect(passwordProblem('12345678')).toBe('passwordNumeric')
  expect(passwordProblem('abc12345')).toBe('')
})

test('a code is sent, may be sent again after a while, and is confirmed trimmed', async () => {
  vi.useFakeTimers()
  const said: string[] = []
  const step = (name: string) => (what?: string) => {
    said.push(what ? `${name} ${what}` : name)
    return Promise.resolve({ signedIn: false as const, pending: 'login_by_code' })
  }
  const code = usePhoneCode({ send: step('send'), resend: step('resend'), confirm: step('confirm') })
  await code.send('13800138000')
  expect(code.sentTo.value).toBe('138****8000')
  expect(code.left_seconds.value).toBe(30)
  await vi.advanceTimersByTimeAsync(31_000)
  expect(code.left_seconds.value).toBe(0)
  await code.resend()
  await code.confirm(' 123456 ')
  expect(said).toEqual(['send +8613800138000', 'resend', 'confirm 123456'])
})

const address = { id: 'a1', recipient: '李雷', phone: '13800138000', area_code: '110101', street: '东单 1 号', postcode: '', is_default: true, province: '北京市', city: '北京市', district: '东城区' }

test('a removed address can be put back as it was', async () => {
  const kept = [address]
  const book = useAddresses({
    addresses: () => Promise.resolve({ items: [...kept], next_cursor: null }),
    addAddress: (wish) => {
      const made = { ...address, ...wish, id: 'a2' }
      kept.push(made)
      return Promise.resolve(made)
    },
    changeAddress: () => Promise.reject(new Error('not asked for')),
    removeAddress: () => {
      kept.length = 0
      return Promise.resolve(undefined)
    },
  })
  await book.load()
  const restore = await book.remove(address)
  expect(book.addresses.value).toEqual([])
  await restore()
  expect(book.addresses.value?.map(({ id, street }) => [id, street])).toEqual([['a2', '东单 1 号']])
})

test('a place is written from the largest to the smallest, a city state once', () => {
  expect(placeLine(address)).toBe('北京市 东城区 东单 1 号')
  expect(placeLine({ ...address, province: '广东省', city: '深圳市', district: '南山区' })).toBe('广东省 深圳市 南山区 东单 1 号')
})
