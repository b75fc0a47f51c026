import type { InjectionKey, Ref } from 'vue'

/** The labels of a product's card, as they become known: asked for by the card when it is shown. */
export type CardLabels = (productId: string) => Readonly<Ref<readonly string[] | undefined>>

/** Given by an app whose cards have labels. */
export const CARD_LABELS: InjectionKey<CardLabels> = Symbol('card labels')
