import { isServiceError } from '@quantumtrade/core-traits';
import type { MarketDataIngestionService } from '@quantumtrade/market-data-ingestion';
import { print } from './show.ts';

/** Shows how two wrong symbols end: one that is refused here, one that the vendor does not know. */
export async function demonstrateRefusals(service: MarketDataIngestionService): Promise<void> {
  print('\nWrong symbols');
  for (const symbol of ['AAPL; DROP TABLE bars', 'INVALID']) {
    try {
      await service.collectSymbolData(symbol, '5min');
      print(`  ${symbol} was collected, which nobody expected`);
    } catch (error) {
      if (!isServiceError(error)) throw error;
      print(`  ${error.kind}/${error.reason}: ${error.message}`);
    }
  }
}
