import { expect, test } from 'vitest'
import type { StaffMember } from '../api/types'
import { sortedStaff } from './staff'

const member = (nickname: string, role: StaffMember['role'], since: string): StaffMember => ({ user_id: nickname, nickname, login: '', role, since })
const staff = [member('王', 'owner', '2026-01-01T00:00:00Z'), member('安', 'cashier', '2026-02-01T00:00:00Z'), member('李', 'operator', '2026-03-01T00:00:00Z')]
const names = (sort: string) => sortedStaff(staff, sort, 'zh').map((one) => one.nickname)

test('staff are sorted by every heading, both ways', () => {
  expect(names('oldest')).toEqual(['王', '安', '李'])
  expect(names('newest')).toEqual(['李', '安', '王'])
  expect(names('role_up')).toEqual(['王', '李', '安'])
  expect(names('role_down')).toEqual(['安', '李', '王'])
  expect(names('name_up')).toEqual(['安', '李', '王'])
  expect(names('name_down')).toEqual(['王', '李', '安'])
})
