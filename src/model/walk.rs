//! Walkers: small copyable views that read the model in the words of the trade.
