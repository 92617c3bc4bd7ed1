import Console
import Glibc
import Simulation

/// Runs the whole house in memory with many seeds and says what should not have happened.
enum Program {
    static let seeds = Option<Int>.whole(
        "seeds", "N", in: 1...100_000_000, default: 1_000, "how many seeds")
    static let first = Option<Int>.whole(
        "first", "SEED", in: 0...1_000_000_000_000, default: 1, "the first of them")
    static let workers = Option<Int>.whole(
        "workers", "N", in: 1...256, default: 2,
        "houses at the same time, each on a thread of its own")
    static let story = Option<Int>.whole(
        "story", "SEED", in: 0...1_000_000_000_000, default: 0,
        "tells all that happens with one seed")
    static let replays = Option<String?>.text(
        "replays", "FOLDER", "seeds that fail are written here, a file for each")

    static let command = Command(
        "housesim",
        "Simulates whole houses: callers, daemon, agents and their weather, one seed each.",
        options: [seeds, first, workers, story, replays])

    /// Everything that happens with one seed.
    static func tell(_ seed: Int) -> ExitCode {
        let verdict = SimulatedHouse.run(seed: UInt64(seed), tellsAll: true)
        for line in verdict.course { print(line) }
        print(verdict.story)
        return verdict.violations.isEmpty ? .success : .failure
    }

    /// Many seeds; each that fails is told and kept.
    static func run(_ arguments: Arguments) async -> ExitCode {
        let folder = arguments[replays]
        let run = SeedRun(
            first: UInt64(arguments[first]), count: arguments[seeds], workers: arguments[workers])
        let clock = ContinuousClock()
        let began = clock.now
        let sum = await run.run { verdict in
            guard let violation = verdict.violations.first else { return }
            print(verdict.story)
            if let folder { keep(SeedFile(seed: verdict.seed, comment: violation), in: folder) }
        }
        report(sum, clock.now - began)
        return sum.failed == 0 ? .success : .failure
    }

    private static func report(_ sum: RunSum, _ took: Duration) {
        for (name, count) in sum.sights.sorted(by: { $0.key < $1.key }) {
            print("  \(count) × \(name)")
        }
        for name in sum.unseen { print("  0 × \(name)") }
        for (reason, count) in sum.reasons.sorted(by: { $0.key < $1.key }) {
            print("  \(count) calls ended with \(reason)")
        }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Int(Double(sum.calls) / seconds * 60) : 0
        print("longest dead air without a reason: \(sum.longestDeadAir)")
        print("\(sum.calls) calls in \(sum.houses) houses, \(took): \(rate) calls a minute")
        print("\(sum.houses - sum.failed) passed, \(sum.failed) failed")
    }

    private static func keep(_ file: SeedFile, in folder: String) {
        guard let stream = fopen("\(folder)/\(file.seed).seed", "w") else {
            return print("\(folder)/\(file.seed).seed cannot be written")
        }
        fputs(file.text, stream)
        fclose(stream)
    }
}
