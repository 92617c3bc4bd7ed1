import Glibc
import Testing

@testable import Net

struct DescriptorLimitTests {
    @Test func `as many as the machine allows are taken`() {
        let raised = DescriptorLimit.raise()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == limit.rlim_max)
        #expect(raised == Int(clamping: limit.rlim_max))
    }

    @Test func `whoever connects gets no more than half of them`() {
        var limits = HTTPServerLimits()
        let usual = limits.connectionsMax
        limits.fit(descriptors: 65_536)
        #expect(limits.connectionsMax == usual)
        limits.fit(descriptors: 1_024)
        #expect(limits.connectionsMax == 512)
        limits.fit(descriptors: 0)
        #expect(limits.connectionsMax == 1)
    }
}
