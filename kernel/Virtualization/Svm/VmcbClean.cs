// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// The groups of the VMCB that the processor may keep from the last VMRUN; a group that was written must be taken out
/// (APM volume 2, 15.15.3).
/// </summary>
[Flags]
public enum VmcbClean : uint
{
    None = 0,

    /// <summary>Intercept vectors, TSC offset, pause filter.</summary>
    Intercepts = 1 << 0,

    /// <summary>The addresses of the permission maps.</summary>
    PermissionMaps = 1 << 1,
    Asid = 1 << 2,

    /// <summary>The virtual interrupt and task priority.</summary>
    InterruptControl = 1 << 3,

    /// <summary>Nested paging: nCR3 and the guest's PAT.</summary>
    NestedPaging = 1 << 4,

    /// <summary>CR0, CR3, CR4 and EFER.</summary>
    ControlRegisters = 1 << 5,

    /// <summary>DR6 and DR7.</summary>
    DebugRegisters = 1 << 6,

    /// <summary>GDT and IDT.</summary>
    DescriptorTables = 1 << 7,

    /// <summary>CS, SS, DS, ES and the privilege level.</summary>
    Segments = 1 << 8,
    Cr2 = 1 << 9,
    BranchRecords = 1 << 10,
    Avic = 1 << 11,

    /// <summary>All that the processor has just written or left alone.</summary>
    All = (1 << 12) - 1,
}
