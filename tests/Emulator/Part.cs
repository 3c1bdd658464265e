// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>The groups that runs are started by.</summary>
internal enum Part
{
    /// <summary>Our own small test guests.</summary>
    Guests,

    /// <summary>Linux, the console and the host itself.</summary>
    Emulator,

    /// <summary>What an exit costs.</summary>
    Bench,

    /// <summary>What takes too long for every day.</summary>
    Soak,
}
