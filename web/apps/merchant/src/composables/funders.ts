import type { Discount } from '@jishi/api'

export type Funder = Discount['funders'][number]['funder']

/** Who bears a discount, each with his share in percent; whoever bears nothing is not named. */
export function bearers(discount: { funders?: Discount['funders'] }): { funder: Funder; percent: string }[] {
  return (discount.funders ?? []).filter(({ basis_points }) => basis_points > 0).map(({ funder, basis_points }) => ({ funder, percent: `${basis_points / 100}%` }))
}
