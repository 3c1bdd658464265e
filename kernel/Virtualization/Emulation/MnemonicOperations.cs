// SPDX-License-Identifier: MIT
using Iced.Intel;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Which operation of ours an instruction of Iced's is: one table for each family, asked in turn.</summary>
internal static class MnemonicOperations
{
    public static EmulatedOperation Of(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Mov or Mnemonic.Movnti => EmulatedOperation.Move,
        Mnemonic.Movzx => EmulatedOperation.MoveZeroExtended,
        Mnemonic.Movsx or Mnemonic.Movsxd => EmulatedOperation.MoveSignExtended,
        Mnemonic.Movbe => EmulatedOperation.MoveSwapped,
        Mnemonic.Movdqa or Mnemonic.Movdqu or Mnemonic.Movaps or Mnemonic.Movups or Mnemonic.Movapd or Mnemonic.Movupd
            or Mnemonic.Movntdq or Mnemonic.Movntps or Mnemonic.Movntdqa or Mnemonic.Movq or Mnemonic.Movd
            => EmulatedOperation.MoveVector,
        Mnemonic.Push => EmulatedOperation.Push,
        Mnemonic.Pop => EmulatedOperation.Pop,
        Mnemonic.Xchg => EmulatedOperation.Exchange,
        Mnemonic.Xadd => EmulatedOperation.ExchangeAdd,
        Mnemonic.Cmpxchg => EmulatedOperation.CompareExchange,
        Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b => EmulatedOperation.CompareExchangeDouble,
        _ => Arithmetic(mnemonic),
    };

    private static EmulatedOperation Arithmetic(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.And => EmulatedOperation.And,
        Mnemonic.Or => EmulatedOperation.Or,
        Mnemonic.Xor => EmulatedOperation.Xor,
        Mnemonic.Add => EmulatedOperation.Add,
        Mnemonic.Adc => EmulatedOperation.AddWithCarry,
        Mnemonic.Sub => EmulatedOperation.Subtract,
        Mnemonic.Sbb => EmulatedOperation.SubtractWithBorrow,
        Mnemonic.Cmp => EmulatedOperation.Compare,
        Mnemonic.Test => EmulatedOperation.Test,
        Mnemonic.Inc => EmulatedOperation.Increment,
        Mnemonic.Dec => EmulatedOperation.Decrement,
        Mnemonic.Not => EmulatedOperation.Not,
        Mnemonic.Neg => EmulatedOperation.Negate,
        Mnemonic.Shl or Mnemonic.Sal => EmulatedOperation.ShiftLeft,
        Mnemonic.Shr => EmulatedOperation.ShiftRight,
        Mnemonic.Sar => EmulatedOperation.ShiftRightArithmetic,
        Mnemonic.Bt => EmulatedOperation.BitTest,
        Mnemonic.Bts => EmulatedOperation.BitSet,
        Mnemonic.Btr => EmulatedOperation.BitReset,
        Mnemonic.Btc => EmulatedOperation.BitComplement,
        _ => String(mnemonic),
    };

    private static EmulatedOperation String(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq => EmulatedOperation.StringMove,
        Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq => EmulatedOperation.StringStore,
        Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq => EmulatedOperation.StringLoad,
        Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq => EmulatedOperation.StringCompare,
        Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq => EmulatedOperation.StringScan,
        Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd => EmulatedOperation.StringInput,
        Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd => EmulatedOperation.StringOutput,
        _ => System(mnemonic),
    };

    private static EmulatedOperation System(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Clts => EmulatedOperation.ClearTaskSwitched,
        Mnemonic.Lmsw => EmulatedOperation.LoadMachineStatus,
        Mnemonic.Smsw => EmulatedOperation.StoreMachineStatus,
        Mnemonic.Rdtscp => EmulatedOperation.Rdtscp,
        Mnemonic.Cpuid or Mnemonic.Vmmcall or Mnemonic.Vmcall or Mnemonic.Hlt or Mnemonic.Rdmsr or Mnemonic.Wrmsr
            or Mnemonic.Rdtsc or Mnemonic.Rdpmc or Mnemonic.Pause or Mnemonic.Wbinvd or Mnemonic.Wbnoinvd
            or Mnemonic.Invd or Mnemonic.Xsetbv or Mnemonic.Invlpg => EmulatedOperation.Intercepted,
        _ => EmulatedOperation.None,
    };
}
