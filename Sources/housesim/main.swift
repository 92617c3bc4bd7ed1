import Glibc
import Simulation

let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
if arguments.count == 1 {
    let verdict = SimulatedHouse.run(seed: arguments[0], tellsAll: true)
    for line in verdict.course { print(line) }
    print(verdict.story)
    exit(0)
}
let sum = await SeedRun(
    first: arguments.first ?? 1, count: arguments.count > 1 ? Int(arguments[1]) : 1, workers: 2
).run()
print(sum.houses, sum.calls, sum.failed, sum.longestDeadAir)
for (name, count) in sum.reasons.sorted(by: { $0.key < $1.key }) { print(name, count) }
for (name, count) in sum.sights.sorted(by: { $0.key < $1.key }) { print("  ", name, count) }
for failure in sum.failures { print(failure.story) }
