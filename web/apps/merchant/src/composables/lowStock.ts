/** So many pieces or fewer call for new goods. */
export const LOW_STOCK = 5
