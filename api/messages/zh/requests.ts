import type { Messages } from '../../refusals.ts'
import { fieldText, nameRules } from './phrases.ts'

/** In Simplified Chinese: what is wrong with a request, or with us. */
export const requests = {
  missingApiVersion: () => '所有请求都必须带有 api-version 查询参数 (?api-version=)。',
  invalidApiVersion: ({ apiVersion }) =>
    `api-version“${apiVersion}”无效。请写成日期，例如 2021-10-01。`,
  unsupportedApiVersion: ({ type, apiVersion, supported }) =>
    `对于类型“${type}”，没有为 API 版本“${apiVersion}”注册的资源提供程序。支持的 API 版本：${supported.join('、')}。`,
  unknownHost: ({ host, publicUrl }) =>
    `此服务器不是“${host}”。请使用为其配置的地址：${publicUrl}。`,
  routeNotFound: ({ method, path }) =>
    `不存在操作 ${method} ${path}。请检查路径以及其中的资源类型。`,
  methodNotAllowed: ({ method, allowed }) =>
    `此路径不支持方法 ${method}。支持的方法：${allowed.join('、')}。`,
  missingToken: () =>
    '身份验证失败。缺少“Authorization”标头，或其中不是持有者令牌。请登录，并以“Bearer <令牌>”的形式发送令牌。',
  invalidToken: ({ reason }) => `访问令牌无效：${reason} 请在此服务器自己的颁发者处重新登录。`,
  expiredToken: () => '访问令牌已过期。请重新登录。',
  wrongAudience: ({ accepted }) =>
    `访问令牌是为其他受众颁发的。请为以下受众之一请求令牌：${accepted.join('、')}。`,
  wrongTenant: () => '访问令牌来自错误的颁发者或租户。请登录到拥有该资源的租户。',
  notFound: ({ what }) => `找不到 ${what}。请检查其名称。`,
  resourceTypeUnknown: ({ type, known }) =>
    `此处不提供资源类型“${type}”。提供的类型：${known.join('、')}。`,
  namespaceUnknown: ({ namespace, known }) =>
    `资源命名空间“${namespace}”无效。提供的命名空间：${known.join('、')}。`,
  invalidJson: ({ reason }) => `请求内容不是有效的 JSON：${reason}`,
  missingBody: () => '请求没有内容。请发送一个 JSON 对象。',
  invalidContent: ({ field, problem }) => `请求内容无效：${fieldText(field, problem)}`,
  unsupportedMediaType: ({ contentType }) =>
    `不支持内容类型“${contentType}”。请发送 application/json。`,
  bodyTooLarge: ({ limitBytes }) => `请求内容超过 ${limitBytes} 字节的限制。请分次发送较少的内容。`,
  invalidParameter: ({ parameter, problem }) => fieldText(parameter, problem),
  invalidFilter: ({ filter, supported }) =>
    `不支持筛选器“${filter}”。支持的筛选器：${supported.join('；')}。`,
  invalidName: ({ field, name, rule }) => `${field} 的值“${name}”无效。${nameRules[rule]}`,
  nameTaken: ({ what, name }) => `名称“${name}”(${what}) 已被占用。请使用其他名称。`,
  immutableProperty: ({ property, actual }) =>
    `属性“${property}”不能更改；其值为“${actual}”。请保持不变，或另外创建一个。`,
  preconditionFailed: ({ resource }) =>
    `“${resource}”不满足 If-Match 或 If-None-Match 标头中的条件。请重新读取它，并使用其 etag 重试。`,
  operationConflict: ({ what }) => `正在对 ${what} 执行另一个操作。请等待其结束。`,
  hostUnavailable: ({ resource }) =>
    `存放“${resource}”的主机没有响应。请稍后重试；如果问题仍然存在，必须由其运营者启动该主机。`,
  commitUnknown: () => '保存更改时与数据库的连接中断，因此结果未知。请重复该请求：重复是安全的。',
  unavailable: ({ reason }) => `服务器目前无法执行此操作：${reason} 请稍后重试。`,
  internalError: ({ requestId }) =>
    `我们这边出现了错误。此处没有更多信息；运营者可以通过请求 ID ${requestId} 找到原因。`,
} satisfies Partial<Messages>
