import type { Words } from '../words'
import type { Rules } from './useForm'

/** What a buyer writes down about a place. */
export interface AddressValues {
  recipient: string
  phone: string
  area_code: string
  street: string
  postcode: string
  is_default: boolean
}

export const EMPTY_ADDRESS: AddressValues = { recipient: '', phone: '', area_code: '', street: '', postcode: '', is_default: false }

const MOBILE = /^1[3-9]\d{9}$/
const RECIPIENT_CHARACTERS_MAX = 40
const STREET_CHARACTERS_MIN = 4

/** A mainland mobile number as people type it (spaces, dashes, +86), reduced to its eleven digits. */
export function plainMobile(text: string): string {
  return text.replace(/[\s-]/g, '').replace(/^(\+?86|0086)(?=1)/, '')
}

/** True for a mainland mobile number in any usual writing. */
export function isMobile(text: string): boolean {
  return MOBILE.test(plainMobile(text))
}

/** What must hold for an address before it is sent. */
export function addressRules(words: Words): Rules<AddressValues> {
  return {
    recipient: ({ recipient }) => {
      const length = recipient.trim().length
      return length > 0 && length <= RECIPIENT_CHARACTERS_MAX ? '' : words.wrongRecipient
    },
    phone: ({ phone }) => (isMobile(phone) ? '' : words.wrongPhone),
    area_code: ({ area_code }) => (area_code ? '' : words.wrongArea),
    street: ({ street }) => (street.trim().length >= STREET_CHARACTERS_MIN ? '' : words.wrongStreet),
    postcode: ({ postcode }) => (postcode === '' || /^\d{6}$/.test(postcode) ? '' : words.wrongPostcode),
  }
}

/** The values as they are sent: trimmed, the phone reduced to digits. */
export function cleanAddress(values: AddressValues): AddressValues {
  return { ...values, recipient: values.recipient.trim(), street: values.street.trim(), phone: plainMobile(values.phone) }
}
