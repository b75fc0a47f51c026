import { ShopProblem } from '@jishi/api'
import { expect, test, vi } from 'vitest'
import { READ_STATUSES, Refused } from '../api/accounts'
import { makeSecurity, ProveYourself } from '../api/security'
import { deviceOf } from './devices'
import { grouped, isCode, useSecondFactor } from './useSecondFactor'

/** Security over a server that answers what it is told to. */
function securityThatHears(answer: (request: Request) => object) {
  return makeSecurity((request) => Promise.resolve(Response.json(answer(request))), 'https://shop.test')
}

test('what an authenticator app needs comes with the answer that there is none yet', async () => {
  const meta = { secret: 'JBSWY3DP', totp_url: 'otpauth://totp/x?secret=JBSWY3DP' }
  expect(await securityThatHears(() => ({ status: 404, meta })).offer()).toEqual(meta)
  const unverified = securityThatHears(() => ({ status: 409, errors: [{ code: 'unverified_email', message: '请先验证您的邮箱' }] }))
  await expect(unverified.offer()).rejects.toThrow(Refused)
  await expect(securityThatHears(() => ({ status: 200, data: {} })).offer()).rejects.toThrow(ShopProblem)
  expect(READ_STATUSES).toContain(404)
})

test('a refusal says how one can prove oneself, and a session that is over is no question', async () => {
  const refusing = (flows: object[]) => securityThatHears(() => ({ status: 401, data: { flows } })).turnOff()
  await expect(refusing([{ id: 'reauthenticate' }, { id: 'mfa_reauthenticate' }])).rejects.toEqual(new ProveYourself('password'))
  await expect(refusing([{ id: 'mfa_reauthenticate' }])).rejects.toEqual(new ProveYourself('code'))
  await expect(refusing([{ id: 'login' }])).rejects.toMatchObject({ code: 'sign_in_needed' })
  const elsewhere = securityThatHears(() => ({ status: 409, code: 'phone_taken', detail: '该手机号已被占用' }))
  await expect(elsewhere.changePhone('+8613800138000')).rejects.toMatchObject({ code: 'phone_taken', message: '该手机号已被占用' })
})

function makeFactor(isProven: boolean) {
  let isOn = false
  const security = {
    authenticators: () => Promise.resolve(isOn ? [{ type: 'totp' as const }, { type: 'recovery_codes' as const, unused_code_count: 10 }] : []),
    hasPassword: () => Promise.resolve(true),
    offer: () => Promise.resolve({ secret: 'JBSWY3DP', totp_url: 'otpauth://' }),
    turnOn: vi.fn(() => Promise.resolve((isOn = true))),
    turnOff: () => Promise.resolve((isOn = false)),
    recoveryCodes: () => Promise.resolve(['11112222']),
    renewRecoveryCodes: () => Promise.resolve(['33334444']),
  }
  const proof = { ask: () => Promise.resolve(isProven), run: async <Result>(change: () => Promise<Result>) => (isProven ? await change() : undefined) }
  return { security, ...useSecondFactor(security, proof) }
}

test('a second factor is offered, confirmed with its first code, renewed and turned off', async () => {
  const factor = makeFactor(true)
  await factor.load()
  expect(factor.isOn.value).toBe(false)
  await factor.begin()
  expect(factor.offer.value?.secret).toBe('JBSWY3DP')
  expect(await factor.confirm('123 456')).toBe(true)
  expect(factor.security.turnOn).toHaveBeenCalledWith('123456')
  expect([factor.isOn.value, factor.offer.value, factor.codes.value, factor.codesLeft.value]).toEqual([true, undefined, ['11112222'], 10])
  factor.saved()
  expect(factor.codes.value).toEqual([])
  expect(await factor.renew()).toBe(true)
  expect(factor.codes.value).toEqual(['33334444'])
  expect(await factor.turnOff()).toBe(true)
  expect([factor.isOn.value, factor.codes.value]).toEqual([false, []])
})

test('nothing is offered or changed for somebody who would not prove himself', async () => {
  const factor = makeFactor(false)
  await factor.begin()
  expect(factor.offer.value).toBeUndefined()
  expect([await factor.confirm('123456'), await factor.renew(), await factor.turnOff()]).toEqual([false, false, false])
})

test('secrets stand in groups, and a code is six digits however they are spaced', () => {
  expect(grouped('ABCDEFGHIJ')).toBe('ABCD EFGH IJ')
  expect(['123456', '123 456', '12345', 'abcdef'].map(isCode)).toEqual([true, true, false, false])
})

test('devices are named as people name them', () => {
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0'
  expect(deviceOf(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/126.0`)).toEqual({ name: 'Edge · Windows', isHandheld: false })
  expect(deviceOf(`Mozilla/5.0 (Linux; Android 14) ${chrome} Mobile Safari/537.36`)).toEqual({ name: 'Chrome · Android', isHandheld: true })
  expect(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile Safari/604').name).toBe('Safari · iPhone')
  expect(deviceOf('curl/8.0')).toEqual({ name: '', isHandheld: false })
})
