export { AlphaVantageCollector, type AlphaVantageCollectorDependencies } from './alpha-vantage-collector.ts';
export { type ClassifyContext, classifyAnswer } from './classify.ts';
export { createVendorHttp, type VendorAnswer, type VendorHttp, type VendorHttpOptions } from './http.ts';
export { alphaVantageInstruments } from './instruments.ts';
export { type AcquireOptions, createQuota, type Quota, type QuotaLimits, unlimited } from './quota.ts';
export type { AlphaVantageSettings } from './settings.ts';
export { isVendorReason, type VendorReason, vendorReasons } from './vendor-reason.ts';
