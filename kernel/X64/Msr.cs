// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Indices of model-specific registers. SDM 4; APM 2, appendix A.</summary>
public static class Msr
{
    public const uint TimestampCounter = 0x10;
    public const uint ApicBase = 0x1b;
    public const uint FeatureControl = 0x3a;
    public const uint TimestampAdjust = 0x3b;
    public const uint SpeculationControl = 0x48;
    public const uint PredictionCommand = 0x49;
    public const uint MicrocodeRevision = 0x8b;
    public const uint MtrrCapability = 0xfe;
    public const uint ArchitecturalCapabilities = 0x10a;
    public const uint FlushCommand = 0x10b;
    public const uint SysenterCs = 0x174;
    public const uint SysenterEsp = 0x175;
    public const uint SysenterEip = 0x176;
    public const uint MachineCheckCapability = 0x179;
    public const uint MachineCheckStatus = 0x17a;
    public const uint MachineCheckControl = 0x17b;
    public const uint MiscellaneousEnable = 0x1a0;
    public const uint DebugControl = 0x1d9;
    public const uint MtrrPhysicalBase0 = 0x200;
    public const uint MtrrFixed64K = 0x250;
    public const uint PageAttributeTable = 0x277;
    public const uint MtrrDefaultType = 0x2ff;
    public const uint MachineCheckControl0 = 0x400;
    public const uint MachineCheckStatus0 = 0x401;
    public const uint MachineCheckAddress0 = 0x402;
    public const uint VmxBasic = 0x480;
    public const uint VmxPinControls = 0x481;
    public const uint VmxProcessorControls = 0x482;
    public const uint VmxExitControls = 0x483;
    public const uint VmxEntryControls = 0x484;
    public const uint VmxMiscellaneous = 0x485;
    public const uint VmxCr0Fixed0 = 0x486;
    public const uint VmxCr0Fixed1 = 0x487;
    public const uint VmxCr4Fixed0 = 0x488;
    public const uint VmxCr4Fixed1 = 0x489;
    public const uint VmxSecondaryControls = 0x48b;
    public const uint VmxEptVpidCapabilities = 0x48c;
    public const uint VmxTruePinControls = 0x48d;
    public const uint VmxTrueProcessorControls = 0x48e;
    public const uint VmxTrueExitControls = 0x48f;
    public const uint VmxTrueEntryControls = 0x490;
    public const uint TimestampDeadline = 0x6e0;
    public const uint X2ApicFirst = 0x800;
    public const uint ExtendedSupervisorState = 0xda0;
    public const uint Efer = 0xc0000080;
    public const uint Star = 0xc0000081;
    public const uint LongStar = 0xc0000082;
    public const uint CompatibilityStar = 0xc0000083;
    public const uint SystemCallMask = 0xc0000084;
    public const uint FsBase = 0xc0000100;
    public const uint GsBase = 0xc0000101;
    public const uint KernelGsBase = 0xc0000102;
    public const uint TimestampAuxiliary = 0xc0000103;
    public const uint TimestampRatio = 0xc0000104;
    public const uint SystemConfiguration = 0xc0010010;
    public const uint HardwareConfiguration = 0xc0010015;
    public const uint VirtualizationConfiguration = 0xc0010114;
    public const uint SvmHostSave = 0xc0010117;
}
