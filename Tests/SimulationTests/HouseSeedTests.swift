import Foundation
import Simulation
import Testing

/// Whole houses in memory, from seeds.
@Suite struct HouseSeedTests {
    private static let replays = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Replays")

    @Test func `whatever goes wrong in a few hundred houses, every call is treated right`() async {
        let sum = await SeedRun(first: 1, count: 200, workers: 2).run()
        let stories = sum.failures.prefix(5).map(\.story)
        #expect(stories.isEmpty, "\(stories)")
        #expect(sum.houses == 200)
        // A simulation in which nothing happens finds nothing.
        #expect(sum.unseen.isEmpty, "\(sum.unseen)")
    }

    @Test func `a seed tells the same story every time`() {
        let first = SimulatedHouse.run(seed: 8, tellsAll: true)
        let second = SimulatedHouse.run(seed: 8, tellsAll: true)
        #expect(first.reasons == second.reasons)
        #expect(first.sights == second.sights)
        #expect(first.longestDeadAir == second.longestDeadAir)
        #expect(first.course.count == second.course.count)
    }

    @Test func `what seeds once found stays right`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.replays, includingPropertiesForKeys: nil)
        let seeds = files.filter { $0.pathExtension == "seed" }
        #expect(!seeds.isEmpty)
        for file in seeds {
            let kept = try #require(
                SeedFile(parsing: String(contentsOf: file, encoding: .utf8)), "\(file)")
            let verdict = SimulatedHouse.run(seed: kept.seed)
            #expect(verdict.violations.isEmpty, "\(kept.comment): \(verdict.story)")
        }
    }

    @Test func `a seed's file is read as it was written`() {
        let file = SeedFile(seed: 42, comment: "a call ended twice")
        #expect(SeedFile(parsing: file.text) == file)
        #expect(SeedFile(parsing: "seed forty-two") == nil)
        #expect(SeedFile(parsing: "") == nil)
    }
}
