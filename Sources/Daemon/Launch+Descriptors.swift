import Instruments
import Net

/// How many connections this machine allows.
extension Launch {
    /// A caller's stream, the agent's socket, and what of the call's memory is open for a moment.
    private static let descriptorsPerCall = 3

    /// Takes all the descriptors there are, and says when they are too few for `CALLS_MAX`.
    static func connections(for configuration: Configuration, _ log: Log) -> HTTPServerLimits {
        let descriptors = DescriptorLimit.raise()
        let needed = configuration.guards.callsMax * descriptorsPerCall
        if descriptors < needed {
            log.warning(
                "configuration.note", "A setting is allowed, but worth a look",
                .detail(
                    "CALLS_MAX is \(configuration.guards.callsMax), which takes \(needed) "
                        + "descriptors; there may be \(descriptors) (ulimit -Hn)"))
        }
        var limits = HTTPServerLimits()
        limits.fit(descriptors: descriptors)
        return limits
    }
}
