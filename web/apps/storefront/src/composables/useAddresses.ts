import type { Address } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import type { AddressValues } from '@jishi/ui'
import { ref, shallowRef } from 'vue'
import type { Shop } from '../api/shop'

/** The buyer's addresses: reading, adding, correcting, removing with a way back. */
export function useAddresses(shop: Pick<Shop, 'addresses' | 'addAddress' | 'changeAddress' | 'removeAddress'>) {
  const addresses = shallowRef<Address[]>()
  const problem = shallowRef<ShopProblem>()
  const isBusy = ref(false)

  async function load(): Promise<void> {
    try {
      addresses.value = (await shop.addresses()).items
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      problem.value = error
    }
  }

  /** Save a new address, or an old one corrected. Raises: ShopProblem, with nothing lost. */
  async function save(values: AddressValues, id?: string): Promise<Address> {
    // An address stops being the default only when another one becomes it.
    const { is_default, ...others } = values
    const change = is_default ? { ...others, is_default } : others
    const saved = id ? await shop.changeAddress(id, change) : await shop.addAddress(values)
    await load()
    return saved
  }

  /** Take an address away; the result puts it back. Raises: ShopProblem. */
  async function remove(address: Address): Promise<() => Promise<void>> {
    await shop.removeAddress(address.id)
    addresses.value = addresses.value?.filter((other) => other.id !== address.id)
    return async () => {
      await save(valuesOf(address))
    }
  }
  return { addresses, problem, isBusy, load, save, remove }
}

/** What a form edits of an address. */
export function valuesOf(address: Address): AddressValues {
  const { recipient, phone, area_code, street, postcode, is_default } = address
  return { recipient, phone, area_code, street, postcode, is_default }
}

/** The whole place on one line, as it is written in China: from the largest to the smallest. */
export function placeLine(address: Pick<Address, 'province' | 'city' | 'district' | 'street'>): string {
  const { province, city, district, street } = address
  return [province, city === province ? '' : city, district, street].filter(Boolean).join(' ')
}
