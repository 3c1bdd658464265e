// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>Pending debug exceptions of the guest (SDM volume 3, 27.3.1.5).</summary>
internal static class VmxPendingDebugChecks
{
    private const uint TransactionFeature = 1 << 11;
    private const ulong BranchTrap = 1 << 1;

    public static string? FindViolation(in CheckedEntry entry, Interruptibility state, bool isHalted)
    {
        var pending = new PendingDebug(entry.Vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
        return pending.HasReserved ? "a reserved bit of the pending debug exceptions"
            : (state.HasShadow || isHalted ? FindStep(in entry, pending) : null)
                ?? (pending.InTransaction ? FindTransaction(in entry, pending, state) : null);
    }

    /// <summary>A trap flag whose trap the shadow or the halt has delayed is pending.</summary>
    private static string? FindStep(in CheckedEntry entry, PendingDebug pending)
    {
        bool isStepping = entry.Flags.Trap && (entry.Vmcs.Read(VmcsField64.GuestDebugControl) & BranchTrap) == 0;
        return isStepping && !pending.SingleStep ? "a single step that is not pending in a shadow or a halt"
            : !isStepping && pending.SingleStep ? "a pending single step without a trap flag in a shadow or a halt"
            : null;
    }

    private static string? FindTransaction(in CheckedEntry entry, PendingDebug pending, Interruptibility state) =>
        !pending.IsOnlyTransaction ? "a pending debug exception of a transaction together with others"
        : (entry.Features & TransactionFeature) == 0
            ? "a pending debug exception of a transaction, which the processor does not have"
        : state.BlockingByMovSs ? "a pending debug exception of a transaction in the shadow of MOV SS"
        : null;
}
