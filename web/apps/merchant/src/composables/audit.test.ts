import { expect, test } from 'vitest'
import { actionWords, subjectWords } from './audit'

test('the log speaks the language of whoever reads it', () => {
  expect(actionWords('staff.role_changed', 'zh')).toBe('调整员工角色')
  expect(actionWords('staff.role_changed', 'en')).toBe('Changed a role')
  expect(subjectWords('merchant', 'en')).toBe('Store')
})

test('an action that is new here is still shown', () => {
  expect(actionWords('something.else', 'zh')).toBe('something.else')
})
