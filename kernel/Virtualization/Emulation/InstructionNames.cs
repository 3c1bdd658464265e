// SPDX-License-Identifier: MIT
using Iced.Intel;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Names of instructions for reports.</summary>
internal static class InstructionNames
{
    /// <summary>The group that a form of Iced's numbering belongs to; the report has the bytes for the rest.</summary>
    public static string Of(int code)
    {
        Mnemonic mnemonic = ((Code)code).Mnemonic();
        return mnemonic switch
        {
            Mnemonic.Fld or Mnemonic.Fst or Mnemonic.Fstp or Mnemonic.Fild or Mnemonic.Fistp => "x87 load or store",
            Mnemonic.Fxsave or Mnemonic.Fxrstor or Mnemonic.Xsave or Mnemonic.Xrstor => "state save or restore",
            Mnemonic.Vmovdqu or Mnemonic.Vmovdqa or Mnemonic.Vmovups or Mnemonic.Vmovaps => "AVX move",
            Mnemonic.Lgdt or Mnemonic.Lidt or Mnemonic.Sgdt or Mnemonic.Sidt => "descriptor table load or store",
            Mnemonic.Call or Mnemonic.Jmp or Mnemonic.Ret or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq
                => "branch through memory",
            Mnemonic.Imul or Mnemonic.Mul or Mnemonic.Div or Mnemonic.Idiv => "multiplication or division",
            Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr or Mnemonic.Shld or Mnemonic.Shrd
                => "rotation",
            _ => "other",
        };
    }
}
