// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>The 64-bit fields of a VMCS by their encoding (SDM volume 3, appendix B.2).</summary>
public enum VmcsField64 : uint
{
    MsrBitmap = 0x2004,
    ExitMsrStoreAddress = 0x2006,
    ExitMsrLoadAddress = 0x2008,
    EntryMsrLoadAddress = 0x200A,
    TscOffset = 0x2010,
    VirtualApicPage = 0x2012,
    ApicAccessPage = 0x2014,
    PostedInterrupts = 0x2016,
    EptPointer = 0x201A,
    EndExitBitmap0 = 0x201C,
    XssExitingBitmap = 0x202C,
    TscMultiplier = 0x2032,
    GuestPhysicalAddress = 0x2400,
    VmcsLinkPointer = 0x2800,
    GuestDebugControl = 0x2802,
    GuestPat = 0x2804,
    GuestEfer = 0x2806,
    GuestPdpte0 = 0x280A,
    GuestPdpte1 = 0x280C,
    GuestPdpte2 = 0x280E,
    GuestPdpte3 = 0x2810,
    HostPat = 0x2C00,
    HostEfer = 0x2C02,
}
