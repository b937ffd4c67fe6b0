import type { Messages } from '../../refusals.ts'

/** In French: what was asked of a price list. */
export const prices = {
  priceStored: ({ field, unitPrice, effectiveFrom }) =>
    `« ${field} » ne peut pas être modifié : la liste indique ${unitPrice} à partir du ` +
    `${effectiveFrom}. Un prix n'est jamais modifié ni retiré. Demandez un nouveau prix à partir ` +
    "d'un moment ultérieur.",
  priceNotForward: ({ field, effectiveFrom, notBefore }) =>
    `« ${field} » prendrait effet le ${effectiveFrom}, or un prix ne change que pour l'avenir : ` +
    `jusqu'au ${notBefore}, l'utilisation peut déjà avoir été facturée. Indiquez un ` +
    'effectiveFrom ultérieur.',
  defaultPriceList: () =>
    'La liste de prix « default » vient du fichier avec lequel le serveur a été démarré. Son ' +
    'opérateur la modifie : ajoutez des prix au fichier et démarrez le serveur avec ' +
    "--price-list. Pour vos propres prix, créez une liste d'un autre nom.",
  currencyNotPriced: ({ currency, priceLists }) =>
    `Rien n'a de prix en ${currency} ici, et toute utilisation serait donc gratuite ; listes ` +
    `consultées : ${priceLists.join(', ')}. Ajoutez des prix en ${currency} à une liste de prix à ` +
    "vous et nommez-la dans priceList, faites-les ajouter par l'opérateur du serveur au fichier " +
    'de --price-list, ou choisissez une autre devise.',
} satisfies Partial<Messages>
