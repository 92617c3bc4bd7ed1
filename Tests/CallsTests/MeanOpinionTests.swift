import Testing

@testable import Calls

@Suite struct MeanOpinionTests {
    @Test func `a perfect line is the best the model knows`() {
        let rating = MeanOpinion.rating(lossShare: 0, delay: .zero)
        #expect(rating == 93.2)
        #expect(MeanOpinion.score(rating: rating) == 4.41)
    }

    @Test(arguments: [
        // R = 93.2 - 95 · 1 / (1 + 4.3) = 75.28
        (0.01, 0, 3.83),
        // R = 93.2 - 95 · 5 / (5 + 4.3) = 42.12
        (0.05, 0, 2.17),
        // R = 93.2 - 0.024 · 300 - 0.11 · (300 - 177.3) = 72.50
        (0.0, 300, 3.71),
    ])
    func `loss and delay cost what G 107 says`(loss: Double, delay: Int, score: Double) {
        let rating = MeanOpinion.rating(lossShare: loss, delay: .milliseconds(delay))
        #expect(abs(MeanOpinion.score(rating: rating) - score) < 0.015)
    }

    @Test func `concealment helps, and nothing leaves the scale`() {
        let plain = MeanOpinion.rating(lossShare: 0.05, delay: .zero)
        let concealed = MeanOpinion.rating(lossShare: 0.05, delay: .zero, isConcealed: true)
        #expect(concealed > plain + 20)
        for loss in [0, 0.3, 1, 7, -1] {
            for delay in [-5, 0, 200, 90_000] {
                let rating = MeanOpinion.rating(lossShare: loss, delay: .milliseconds(delay))
                #expect((1...4.5).contains(MeanOpinion.score(rating: rating)))
            }
        }
    }
}
