// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization;

/// <summary>What a guest may do with a page of its physical address space.</summary>
[Flags]
public enum GuestAccess : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
    ReadExecute = Read | Execute,
    All = Read | Write | Execute,
}
