import Calls
import Instruments
import Net

/// What every part of the house stands on.
struct Ground: Sendable {
    let configuration: Configuration
    let variations: House.Variations
    let log: Log
    let time = SystemTime()
    let board = MetricBoard()
    let loops: LoopPool
    let netMeters: NetMeters
    /// Whom TLS trusts, the agents' own authorities included.
    let trust: ClientTrust

    init(_ configuration: Configuration, _ variations: House.Variations, log: Log) {
        self.configuration = configuration
        self.variations = variations
        self.log = log
        loops = LoopPool(count: configuration.loopCount)
        netMeters = NetMeters(board, log: log)
        trust = ClientTrust(extraCAFile: configuration.agents.caFile, log: log)
    }
}
