// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>The features that guests may have where the machine has them, by leaf and register.</summary>
public sealed partial class CpuidModelBuilder
{
    // Leaf 1, ECX.
    private const uint CompareExchange16Bit = 1 << 13;
    private const uint X2ApicBit = 1 << 21;
    private const uint TimestampDeadlineBit = 1 << 24;
    private const uint HypervisorBit = 1u << 31;
    private const uint AvxEcx1 = (1 << 12) | (1 << 28) | (1 << 29);

    /// <summary>
    /// SSE3, PCLMULQDQ, SSSE3, FMA, CMPXCHG16B, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, XSAVE, AVX, F16C, RDRAND.
    /// Not: DTES64, MONITOR, DS-CPL, VMX, SMX, EST, TM2, PDCM, DCA.
    /// </summary>
    private const uint OfferedEcx1 = (1 << 0) | (1 << 1) | (1 << 9) | (1 << 12) | CompareExchange16Bit | (1 << 17)
        | (1 << 19) | (1 << 20) | (1 << 22) | (1 << 23) | (1 << 25) | (1 << 26) | (1 << 28) | (1 << 29) | (1 << 30);

    // Leaf 1, EDX.
    private const uint HyperThreadingBit = 1 << 28;

    /// <summary>
    /// FPU to CX8, APIC, SEP, MTRR, PGE, MCA, CMOV, PAT, PSE36, CLFSH, MMX, FXSR, SSE, SSE2. Not: PSN, DS, ACPI, TM.
    /// </summary>
    private const uint OfferedEdx1 = 0x3FF | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 15) | (1 << 16)
        | (1 << 17) | (1 << 19) | (1 << 23) | (1 << 24) | (1 << 25) | (1 << 26);

    /// <summary>The bits of leaf 1 that AMD repeats in leaf 8000_0001h.</summary>
    private const uint SharedEdx = 0x0183_F3FF;

    private const uint AlwaysRunningApicTimer = 1 << 2;

    // Leaf 7, EBX.
    private const uint TscAdjustBit = 1 << 1;
    private const uint Avx2Bit = 1 << 5;
    private const uint InvpcidBit = 1 << 10;
    private const uint Avx512Ebx7 = (1 << 16) | (1 << 17) | (1 << 21) | (1 << 26) | (1 << 27) | (1 << 28) | (1 << 30)
        | (1u << 31);

    /// <summary>
    /// FSGSBASE, BMI1, AVX2, FDP_EXCPTN_ONLY, SMEP, BMI2, ERMS, INVPCID, FCS/FDS deprecation, RDSEED, ADX,
    /// SMAP, CLFLUSHOPT, CLWB, SHA, AVX-512.
    /// </summary>
    private const uint OfferedEbx7 =
        (1 << 0) | (1 << 3) | Avx2Bit | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10)
        | (1 << 13) | (1 << 18) | (1 << 19) | (1 << 20) | (1 << 23) | (1 << 24) | (1 << 29) | Avx512Ebx7;

    // Leaf 7, ECX.
    private const uint ProtectionKeysBit = 1 << 3;
    private const uint RdpidBit = 1 << 22;
    private const uint AvxEcx7 = (1 << 9) | (1 << 10);
    private const uint Avx512Ecx7 = (1 << 1) | (1 << 6) | (1 << 11) | (1 << 12) | (1 << 14);

    /// <summary>
    /// UMIP, PKU, GFNI, VAES, VPCLMULQDQ, RDPID, AVX-512. Not: LA57, WAITPKG, shadow stacks, keys of supervisors.
    /// </summary>
    private const uint OfferedEcx7 = (1 << 2) | ProtectionKeysBit | (1 << 8) | AvxEcx7 | RdpidBit | Avx512Ecx7;

    // Leaf 7, EDX.
    private const uint Avx512Edx7 = (1 << 2) | (1 << 3) | (1 << 8) | (1 << 23);

    /// <summary>FSRM, MD_CLEAR, SERIALIZE, AVX-512.</summary>
    private const uint OfferedEdx7 = (1 << 4) | (1 << 10) | (1 << 14) | Avx512Edx7;

    /// <summary>IBRS and IBPB, STIBP, SSBD.</summary>
    private const uint SpeculationEdx7 = (1 << 26) | (1 << 27) | (1u << 31);

    /// <summary>Leaf Dh, subleaf 1: XSAVEOPT, XSAVEC, XGETBV with ECX=1.</summary>
    private const uint OfferedXsave = 7;

    /// <summary>Leaf Dh, subleaf 1: XSAVES, with an IA32_XSS that has no bits.</summary>
    private const uint XsavesBit = 1 << 3;

    // The leaf of features at 4000_0001h, EAX (Linux, Documentation/virt/kvm/x86/cpuid.rst).
    private const uint NoIoDelay = 1 << 1;
    private const uint ClockSource2 = 1 << 3;
    private const uint ClockSourceStable = 1 << 24;

    // Leaf 8000_0001h.
    private const uint CompatibleLegacy = 1 << 1;
    private const uint RdtscpBit = 1 << 27;
    private const uint AvxEcxExtended1 = (1 << 11) | (1 << 16);

    /// <summary>
    /// LAHF, ABM, SSE4A, misaligned SSE, PREFETCHW, XOP, FMA4, TBM, topology. Not: SVM, extended APIC, OSVW, IBS.
    /// </summary>
    private const uint OfferedEcxExtended1 = (1 << 0) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | AvxEcxExtended1
        | (1 << 21) | (1 << 22);

    /// <summary>SYSCALL, NX, MMXEXT, FFXSR, 1 GiB pages, RDTSCP, long mode, 3DNow!.</summary>
    private const uint OfferedEdxExtended1 = (1 << 11) | (1 << 20) | (1 << 22) | (1 << 25) | (1 << 26) | (1 << 27)
        | (1 << 29) | (1 << 30) | (1u << 31);

    // Leaf 8000_0008h, EBX.
    private const uint PredictionBarrierBit = 1 << 12;

    /// <summary>CLZERO, XSAVE of error pointers, WBNOINVD.</summary>
    private const uint OfferedEbxExtended8 = (1 << 0) | (1 << 2) | (1 << 9);

    /// <summary>IBRS, STIBP, SSBD.</summary>
    private const uint SpeculationEbxExtended8 = (1 << 14) | (1 << 15) | (1 << 24);

    /// <summary>Leaf 8000_0021h, EAX: LFENCE is serializing, null selectors clear the base.</summary>
    private const uint OfferedEaxExtended21 = (1 << 2) | (1 << 6);
}
