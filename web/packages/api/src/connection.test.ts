import { expect, test } from 'vitest'
import { connect, csrfToken } from './connection'
import { hasCode, ShopProblem } from './problem'
import { queryText, send } from './request'

const ORIGIN = 'http://shop.test'

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

/** A server that answers by path and remembers what it was asked. */
function server(answer: (request: Request) => Response | Promise<Response>, cookies = { text: 'csrftoken=abc' }) {
  const asked: Request[] = []
  const shopFetch = connect({
    origin: ORIGIN,
    language: () => 'en',
    cookies: () => cookies.text,
    fetch: (request) => {
      asked.push(request)
      return Promise.resolve(answer(request))
    },
  })
  return { asked, shopFetch, cookies }
}

test('a read carries the language and no CSRF token', async () => {
  const { asked, shopFetch } = server(() => json({ ok: true }))
  await send(shopFetch, ORIGIN, 'GET', '/x', { query: { a: 1, b: '', c: ['x', 'y'], d: undefined } })
  expect(asked[0]!.url).toBe(`${ORIGIN}/x?a=1&c=x&c=y`)
  expect(asked[0]!.headers.get('Accept-Language')).toBe('en')
  expect(asked[0]!.headers.has('X-CSRFToken')).toBe(false)
})

test('a write carries the CSRF token and its JSON', async () => {
  const { asked, shopFetch } = server(() => new Response(null, { status: 204 }))
  const answer = await send(shopFetch, ORIGIN, 'POST', '/x', { body: { n: 1 }, headers: { 'Idempotency-Key': 'k' } })
  expect(answer).toBeUndefined()
  expect(asked[0]!.headers.get('X-CSRFToken')).toBe('abc')
  expect(asked[0]!.headers.get('Idempotency-Key')).toBe('k')
  expect(await asked[0]!.json()).toEqual({ n: 1 })
})

test('a visitor without a token gets one before his first write', async () => {
  const cookies = { text: '' }
  const { asked, shopFetch } = server((request) => {
    if (request.url.endsWith('/config')) cookies.text = 'csrftoken=fresh'
    return json({})
  }, cookies)
  await send(shopFetch, ORIGIN, 'POST', '/x', { body: {} })
  expect(asked.map((request) => new URL(request.url).pathname)).toEqual(['/_allauth/browser/v1/config', '/x'])
  expect(asked[1]!.headers.get('X-CSRFToken')).toBe('fresh')
})

test('a refusal is thrown with its code, data and waiting time', async () => {
  const { shopFetch } = server(() => json({ code: 'too_fast', detail: 'wait' }, 429, { 'Retry-After': '7' }))
  const error = await send(shopFetch, ORIGIN, 'GET', '/x').catch((problem: unknown) => problem)
  expect(error).toBeInstanceOf(ShopProblem)
  expect(hasCode(error, 'too_fast')).toBe(true)
  expect((error as ShopProblem).retryAfterSeconds).toBe(7)
  expect((error as ShopProblem).status).toBe(429)
})

test('a refusal that is no problem document still has a code', async () => {
  const { shopFetch } = server(() => new Response('<h1>gone</h1>', { status: 404, headers: { 'Content-Type': 'text/html' } }))
  await expect(send(shopFetch, ORIGIN, 'GET', '/x')).rejects.toMatchObject({ code: 'not_found', status: 404 })
})

test('no answer at all is told apart from a refusal', async () => {
  const shopFetch = connect({ origin: ORIGIN, language: () => 'zh', cookies: () => '', fetch: () => Promise.reject(new TypeError('network')) })
  await expect(send(shopFetch, ORIGIN, 'GET', '/x')).rejects.toMatchObject({ code: 'offline', status: 0 })
})

test('tokens and queries are read and written exactly', () => {
  expect(csrfToken('a=b; csrftoken=x%3D; c=d')).toBe('x=')
  expect(csrfToken('xcsrftoken=1')).toBeUndefined()
  expect(queryText({ q: '手机 壳', on: true })).toBe('?q=%E6%89%8B%E6%9C%BA+%E5%A3%B3&on=true')
})
