import type { Messages } from '../../refusals.ts'

/** In French: payments and credit notes. */
export const money = {
  paymentRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `« ${invoice} » est un avoir : rien n’y est à payer. Indiquez une facture.`,
      void: `La facture « ${invoice} » est annulée : rien n’y est dû. Indiquez une autre facture.`,
      currency: `La facture « ${invoice} » est en ${actual}. Réglez-la dans cette devise.`,
      notPositive: 'Le montant d’un paiement doit être supérieur à zéro. Corrigez-le.',
      otherAmount:
        `Un paiement de ce nom est déjà enregistré pour la facture « ${invoice} » avec un autre ` +
        `montant, ${actual}. Enregistrez un autre paiement sous un autre nom.`,
      paid: `La facture « ${invoice} » est déjà payée. Rien n’a été enregistré.`,
      tooMuch: `Seuls ${actual} restent dus sur la facture « ${invoice} ». N’enregistrez pas davantage.`,
    })[why],
  creditRefused: ({ invoice, why, actual }) =>
    ({
      notAnInvoice: `« ${invoice} » est lui-même un avoir. Indiquez une facture.`,
      void: `La facture « ${invoice} » est déjà annulée.`,
      hasPayments:
        `La facture « ${invoice} » a été payée en partie et ne peut donc être annulée. ` +
        `Créditez le reste dû, ${actual}, par un avoir.`,
      notPositive: 'Le montant d’un avoir doit être supérieur à zéro. Corrigez-le.',
      line: `La facture « ${invoice} » n’a pas cette ligne, ou elle ne facture que ${actual}.`,
      tooMuch: `Seuls ${actual} restent dus sur la facture « ${invoice} ». Ne créditez pas davantage.`,
    })[why],
  notASupportPlan: ({ subscriptionId, offer, cancel }) =>
    `L’abonnement « ${subscriptionId} » de l’offre « ${offer} » n’est pas un plan de support : il ne ` +
    `s’annule pas par sa facturation. Annulez-le par ${cancel}.`,
  downloadRefused: () =>
    'Ce lien n’est pas ou plus valide. Demandez de nouveau le téléchargement de la facture.',
} satisfies Partial<Messages>
