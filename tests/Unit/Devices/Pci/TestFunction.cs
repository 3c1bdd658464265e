// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;
using Hypervisor.Devices.Pci;

namespace Hypervisor.Unit.Devices.Pci;

/// <summary>A function with a 64-bit memory BAR in registers 0 and 1, a 32-bit one in 2 and ports in 3.</summary>
internal sealed class TestFunction : PciFunction
{
    public TestFunction(MmioBus mmio, PortBus ports, Device registers)
        : base("test", new PciIdentity(0x1AF4, 0x1042, 0x01_8000, 1, 0x1AF4, 0x0040))
    {
        AddMemoryBar(0, mmio, registers, 0x4000, is64Bit: true);
        AddMemoryBar(2, mmio, registers, 0x1000, is64Bit: false);
        AddPortBar(3, ports, registers, 0x20);
    }
}
