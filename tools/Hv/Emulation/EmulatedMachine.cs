// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool.Emulation;

/// <summary>An emulated or virtualized board that the hypervisor boots on.</summary>
internal enum EmulatedMachine
{
    /// <summary>QEMU's own translator with AMD-V.</summary>
    QemuSvm,

    /// <summary>QEMU on KVM, where KVM offers virtualization to its guests.</summary>
    QemuKvm,

    /// <summary>Bochs with a processor of Intel's.</summary>
    BochsVmx,

    /// <summary>Bochs with a processor of AMD's.</summary>
    BochsSvm,
}
