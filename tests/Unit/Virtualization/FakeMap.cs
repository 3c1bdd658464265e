// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Virtualization;

/// <summary>A nested address space that maps nothing.</summary>
internal sealed class FakeMap : GuestMap
{
    public override HostPhysical Root => default;

    /// <summary>As a change would that processors have stale copies of.</summary>
    public void Change() => Advance();

    public override bool Map(GuestPhysical start, HostPhysical frame, ulong length, GuestAccess access) => true;

    public override bool TryAddPage(GuestPhysical address, GuestAccess access) => true;

    public override bool Protect(GuestPhysical start, ulong length, GuestAccess access) => true;

    public override bool Unmap(GuestPhysical start, ulong length) => true;

    public override bool TryTranslate(GuestPhysical address, out HostPhysical frame, out GuestAccess access)
    {
        frame = default;
        access = GuestAccess.None;
        return false;
    }

    public override ulong MappedAt(int level) => 0;

    public override void Free()
    {
    }
}
