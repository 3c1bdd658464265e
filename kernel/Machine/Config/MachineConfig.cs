// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A whole configuration file as plain data; only a valid one comes into being.</summary>
public sealed class MachineConfig
{
    public readonly HostConfig Host;

    public readonly VmConfig[] VirtualMachines;

    public MachineConfig(HostConfig host, VmConfig[] virtualMachines)
    {
        Host = host;
        VirtualMachines = virtualMachines;
    }

    /// <summary>What a host without a readable file uses: no guest, and the console on the first port.</summary>
    public static MachineConfig CreateEmpty() => new(new HostConfig(), new VmConfig[0]);
}
