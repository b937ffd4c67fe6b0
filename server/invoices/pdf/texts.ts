import type { Language } from '../../../api/language.ts'
import type { MeterName } from '../../prices/meter.ts'

/** A unit as it stands after a number: by the language's own plural rules. */
export type Unit = { readonly one: string; readonly other: string }

/** All that a document says in one language: whole sentences, never put together from parts. */
export type Texts = {
  readonly title: string
  readonly creditNoteTitle: string
  readonly seller: string
  readonly buyer: string
  readonly taxId: (id: string) => string
  readonly number: string
  readonly issuedOn: string
  readonly period: string
  readonly dueOn: string
  readonly account: string
  readonly creditFor: string
  readonly description: string
  readonly quantity: string
  readonly unitPrice: (currency: string) => string
  readonly amount: (currency: string) => string
  readonly subscription: (name: string) => string
  readonly continued: (name: string) => string
  readonly subscriptionTotal: (name: string) => string
  readonly meters: { readonly [Name in MeterName]: string }
  readonly units: { readonly [Name in MeterName]: Unit }
  readonly used: (what: string, resource: string) => string
  readonly noResource: (uid: string) => string
  readonly otherUse: string
  readonly credit: string
  readonly overLimit: string
  readonly charges: string
  readonly credits: string
  readonly overLimitTotal: string
  readonly subTotal: string
  readonly tax: (percent: string) => string
  readonly total: string
  readonly toPay: string
  readonly credited: string
  readonly due: (amount: string, date: string) => string
  readonly nothingDue: string
  readonly creditNote: (amount: string, invoice: string) => string
  readonly creditNoteAlone: (amount: string) => string
  readonly test: string
  readonly page: (number: string, count: string) => string
  readonly utc: (time: string) => string
  /** From one date to another; null: as `Intl` writes it, which in Chinese falls back to slashes. */
  readonly range: ((from: string, to: string) => string) | null
}

const english: Texts = {
  title: 'Invoice',
  creditNoteTitle: 'Credit note',
  seller: 'Seller',
  buyer: 'Billed to',
  taxId: (id) => `Tax ID: ${id}`,
  number: 'Number',
  issuedOn: 'Date',
  period: 'Billing period',
  dueOn: 'Due date',
  account: 'Billing account',
  creditFor: 'Credits invoice',
  description: 'Description',
  quantity: 'Quantity',
  unitPrice: (currency) => `Unit price (${currency})`,
  amount: (currency) => `Amount (${currency})`,
  subscription: (name) => `Subscription: ${name}`,
  continued: (name) => `Subscription: ${name} (continued)`,
  subscriptionTotal: (name) => `Total for ${name}`,
  meters: {
    'storage-gb-months': 'Stored data',
    'vcpu-hours': 'Virtual machine, running',
    'disk-gb-months': 'Virtual machine disk',
    'static-address-hours': 'Static IP address',
    'database-vcore-hours': 'PostgreSQL server, running',
    'database-gb-months': 'PostgreSQL server, stored data',
    'support-plan-months': 'Support plan',
  },
  units: {
    'storage-gb-months': { one: 'GB-month', other: 'GB-months' },
    'vcpu-hours': { one: 'vCPU-hour', other: 'vCPU-hours' },
    'disk-gb-months': { one: 'GB-month', other: 'GB-months' },
    'static-address-hours': { one: 'hour', other: 'hours' },
    'database-vcore-hours': { one: 'vCore-hour', other: 'vCore-hours' },
    'database-gb-months': { one: 'GB-month', other: 'GB-months' },
    'support-plan-months': { one: 'month', other: 'months' },
  },
  used: (what, resource) => `${what}: ${resource}`,
  noResource: (uid) => `Resource ${uid}, which no longer exists`,
  otherUse: 'Other charge',
  credit: 'Credit',
  overLimit: 'Use above the spending limit, not charged',
  charges: 'Charges',
  credits: 'Credits',
  overLimitTotal: 'Above the spending limit, not charged',
  subTotal: 'Subtotal',
  tax: (percent) => `Tax (${percent})`,
  total: 'Total',
  toPay: 'Amount due',
  credited: 'Amount credited',
  due: (amount, date) =>
    `When it was issued, this invoice was due: please pay ${amount} by ${date}.`,
  nothingDue: 'When it was issued, nothing had to be paid on this invoice.',
  creditNote: (amount, invoice) => `This credit note takes back ${amount} of invoice ${invoice}.`,
  creditNoteAlone: (amount) => `This credit note gives back ${amount}.`,
  test: 'Billed on a test clock: this document is a test, and nobody owes anything on it.',
  page: (number, count) => `Page ${number} of ${count}`,
  utc: (time) => `${time} UTC`,
  range: null,
}

const french: Texts = {
  title: 'Facture',
  creditNoteTitle: 'Avoir',
  seller: 'Vendeur',
  buyer: 'Facturé à',
  taxId: (id) => `Identifiant fiscal : ${id}`,
  number: 'Numéro',
  issuedOn: 'Date',
  period: 'Période de facturation',
  dueOn: "Date d'échéance",
  account: 'Compte de facturation',
  creditFor: 'Facture concernée',
  description: 'Désignation',
  quantity: 'Quantité',
  unitPrice: (currency) => `Prix unitaire (${currency})`,
  amount: (currency) => `Montant (${currency})`,
  subscription: (name) => `Abonnement : ${name}`,
  continued: (name) => `Abonnement : ${name} (suite)`,
  subscriptionTotal: (name) => `Total pour ${name}`,
  meters: {
    'storage-gb-months': 'Données stockées',
    'vcpu-hours': 'Machine virtuelle en service',
    'disk-gb-months': 'Disque de machine virtuelle',
    'static-address-hours': 'Adresse IP statique',
    'database-vcore-hours': 'Serveur PostgreSQL en service',
    'database-gb-months': 'Serveur PostgreSQL, données stockées',
    'support-plan-months': 'Plan de support',
  },
  units: {
    'storage-gb-months': { one: 'Go-mois', other: 'Go-mois' },
    'vcpu-hours': { one: 'heure de vCPU', other: 'heures de vCPU' },
    'disk-gb-months': { one: 'Go-mois', other: 'Go-mois' },
    'static-address-hours': { one: 'heure', other: 'heures' },
    'database-vcore-hours': { one: 'heure de vCore', other: 'heures de vCore' },
    'database-gb-months': { one: 'Go-mois', other: 'Go-mois' },
    'support-plan-months': { one: 'mois', other: 'mois' },
  },
  used: (what, resource) => `${what} : ${resource}`,
  noResource: (uid) => `Ressource ${uid}, qui n'existe plus`,
  otherUse: 'Autres frais',
  credit: 'Crédit',
  overLimit: 'Utilisation au-delà de la limite de dépense, non facturée',
  charges: 'Frais',
  credits: 'Crédits',
  overLimitTotal: 'Au-delà de la limite de dépense, non facturé',
  subTotal: 'Sous-total',
  tax: (percent) => `Taxe (${percent})`,
  total: 'Total',
  toPay: 'Montant à payer',
  credited: 'Montant crédité',
  due: (amount, date) =>
    `À son émission, cette facture était due : veuillez payer ${amount} au plus tard le ${date}.`,
  nothingDue: "À son émission, il n'y avait rien à payer sur cette facture.",
  creditNote: (amount, invoice) => `Cet avoir annule ${amount} de la facture ${invoice}.`,
  creditNoteAlone: (amount) => `Cet avoir rend ${amount}.`,
  test: "Facturé sur une horloge de test : ce document est un test, et personne n'en doit rien.",
  page: (number, count) => `Page ${number} sur ${count}`,
  utc: (time) => `${time} UTC`,
  range: null,
}

const chinese: Texts = {
  title: '账单',
  creditNoteTitle: '贷项通知单',
  seller: '卖方',
  buyer: '买方',
  taxId: (id) => `税号：${id}`,
  number: '编号',
  issuedOn: '日期',
  period: '计费周期',
  dueOn: '付款截止日期',
  account: '计费帐户',
  creditFor: '冲减的账单',
  description: '项目',
  quantity: '数量',
  unitPrice: (currency) => `单价 (${currency})`,
  amount: (currency) => `金额 (${currency})`,
  subscription: (name) => `订阅：${name}`,
  continued: (name) => `订阅：${name}（续）`,
  subscriptionTotal: (name) => `${name} 合计`,
  meters: {
    'storage-gb-months': '存储的数据',
    'vcpu-hours': '运行中的虚拟机',
    'disk-gb-months': '虚拟机磁盘',
    'static-address-hours': '静态 IP 地址',
    'database-vcore-hours': '运行中的 PostgreSQL 服务器',
    'database-gb-months': 'PostgreSQL 服务器存储的数据',
    'support-plan-months': '支持计划',
  },
  units: {
    'storage-gb-months': { one: 'GB·月', other: 'GB·月' },
    'vcpu-hours': { one: 'vCPU 小时', other: 'vCPU 小时' },
    'disk-gb-months': { one: 'GB·月', other: 'GB·月' },
    'static-address-hours': { one: '小时', other: '小时' },
    'database-vcore-hours': { one: 'vCore 小时', other: 'vCore 小时' },
    'database-gb-months': { one: 'GB·月', other: 'GB·月' },
    'support-plan-months': { one: '个月', other: '个月' },
  },
  used: (what, resource) => `${what}：${resource}`,
  noResource: (uid) => `资源 ${uid}（已不存在）`,
  otherUse: '其他费用',
  credit: '额度抵扣',
  overLimit: '超出支出限制的使用量，不收费',
  charges: '费用',
  credits: '额度抵扣',
  overLimitTotal: '超出支出限制，不收费',
  subTotal: '小计',
  tax: (percent) => `税 (${percent})`,
  total: '总计',
  toPay: '应付金额',
  credited: '冲减金额',
  due: (amount, date) => `本账单开具时尚未付款：请最迟于 ${date}支付 ${amount}。`,
  nothingDue: '本账单开具时无需付款。',
  creditNote: (amount, invoice) => `本贷项通知单冲减账单 ${invoice} 中的 ${amount}。`,
  creditNoteAlone: (amount) => `本贷项通知单退还 ${amount}。`,
  test: '按测试时钟计费：本文档仅供测试，任何人都无需付款。',
  page: (number, count) => `第 ${number} 页，共 ${count} 页`,
  utc: (time) => `${time} (UTC)`,
  range: (from, to) => `${from}至${to}`,
}

export const texts: { readonly [L in Language]: Texts } = {
  en: english,
  fr: french,
  zh: chinese,
}
