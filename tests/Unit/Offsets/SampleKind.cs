// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Unit.Offsets;

/// <summary>Kinds that assembly would share, for <see cref="OffsetsTests"/>.</summary>
[AssemblyOffsets("KIND")]
public enum SampleKind
{
    None,
    OutOfMemory = 6,
}
