// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Registers of the local APIC by their x2APIC number: the MSR is 0x800 plus it, the offset of the memory-mapped
/// register 16 times it (Intel SDM volume 3, table 10-6).
/// </summary>
public enum ApicRegister
{
    Id = 0x02,
    Version = 0x03,
    TaskPriority = 0x08,
    EndOfInterrupt = 0x0b,
    SpuriousVector = 0x0f,

    /// <summary>The first of eight: 32 vectors each.</summary>
    InService0 = 0x10,
    ErrorStatus = 0x28,

    /// <summary>Interrupt command: 64 bits in an MSR, two registers in memory.</summary>
    Command = 0x30,
    CommandHigh = 0x31,
    Timer = 0x32,
    ThermalSensor = 0x33,
    PerformanceCounter = 0x34,
    LocalInput0 = 0x35,
    LocalInput1 = 0x36,
    Error = 0x37,
    TimerInitialCount = 0x38,
    TimerCurrentCount = 0x39,
    TimerDivide = 0x3e,
}
