// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Tool.Images;

/// <summary>One entry of a GPT: sectors of 512 bytes, both ends included.</summary>
internal sealed record DiskPartition(Guid Kind, long FirstSector, long LastSector, string Name);
