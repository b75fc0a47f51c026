import { expect, test } from 'vitest'
import { SHELF_LENGTH, wishOfShelf } from './shelves'

test('a shelf shows the best of where it leads', () => {
  expect(wishOfShelf('/c/0193')).toEqual({ category_id: '0193', sort: 'sales', limit: SHELF_LENGTH })
  expect(wishOfShelf('/s?sort=sales')).toEqual({ sort: 'sales', limit: SHELF_LENGTH })
  expect(wishOfShelf('/s?sort=newest')).toEqual({ sort: 'newest', limit: SHELF_LENGTH })
  expect(wishOfShelf(null)).toEqual({ sort: 'sales', limit: SHELF_LENGTH })
})
