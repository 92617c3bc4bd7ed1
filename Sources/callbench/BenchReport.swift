import Console
import Instruments
import Simulators

/// Everything that was found.
struct BenchReport: Sendable {
    var plan: BenchPlan
    var machine: Machine
    var cores: Cores
    let loadBefore = Machine.load
    var loadAfter = ""
    var codecs: [CodecFigure] = []
    var comparisons: [Comparison] = []
    var memory: [Memory] = []
    var setUp: SetUpFigures?
    var capacities: [Capacity] = []
    var notes: [String] = []

    init(plan: BenchPlan, machine: Machine, cores: Cores) {
        self.plan = plan
        self.machine = machine
        self.cores = cores
    }

    /// Says so where something else ran on the bridge's core, for then latencies are not its own.
    mutating func noteCompany() {
        let windows =
            comparisons.flatMap { $0.bridge + $0.yardstick } + capacities.flatMap(\.steps)
        guard let share = windows.map(\.waitedShare).median, share > Self.waitedShareMax else {
            return
        }
        notes.append(
            "the bridge waited for its core \(Int((share * 100).rounded())) % of the time: "
                + "something else ran there, and latencies are worse for it")
    }

    private static let waitedShareMax = 0.05

    /// Windows of a comparison as one: everything they saw, added up.
    static func whole(_ windows: [Window]) -> LoadMeter {
        windows.reduce(into: LoadMeter()) { $0.merge($1.meter) }
    }

    /// The CPU of the window in the middle, for a second of a call.
    static func middle(_ windows: [Window]) -> Duration {
        let sorted = windows.map(\.cpuPerCallSecond).sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }

    /// All figures as JSON, in a file.
    func write(to file: String) throws(BenchFault) {
        try TextFile.write(json.bytes + [UInt8(ascii: "\n")], to: file)
    }
}
