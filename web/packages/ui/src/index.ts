export * from './format/dates'
export * from './format/locale'
export * from './format/money'
export * from './theme/theme'
